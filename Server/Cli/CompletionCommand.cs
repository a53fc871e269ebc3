using System.CommandLine;

namespace AgentOS.Server.Cli;

/// <summary>completion: scripts for shells. What can follow, the command itself says (the directive <c>[suggest]</c>).</summary>
internal static class CompletionCommand
{
    // The line without the program's name: with it, half a word that stands for an argument is taken for a whole one.
    private const string Bash = """
        _agentos() {
            local IFS=$'\n' word="${COMP_WORDS[COMP_CWORD]}" line="${COMP_LINE:0:COMP_POINT}"
            line="${line#* }"
            COMPREPLY=($(compgen -W "$(agentos "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _agentos agentos
        """;

    private const string Zsh = """
        #compdef agentos
        _agentos() {
            local -a found
            local line="${${BUFFER[1,CURSOR]}#* }"
            found=("${(@f)$(agentos "[suggest:${#line}]" "$line" 2>/dev/null)}")
            if (( ${#found} > 0 )) && [[ -n "${found[1]}" ]]; then compadd -- "${found[@]}"; else _files; fi
        }
        compdef _agentos agentos
        """;

    private const string Fish = """
        function __agentos_complete
            set -l line (string replace -r '^\S+\s+' '' -- (commandline -cp))
            set -l found (agentos "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
            if test (count $found) -gt 0; string join \n -- $found; else; __fish_complete_path (commandline -ct); end
        end
        complete -c agentos -f -a '(__agentos_complete)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a script that has a shell complete verbs, options, and the ids and names that the server knows.") { shell };
        command.SetAction(parsed => Console.WriteLine(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish }));
        return command.Example("source <(agentos completion bash)", "agentos completion zsh > ~/.zfunc/_agentos", "agentos completion fish > ~/.config/fish/completions/agentos.fish");
    }
}
