namespace AgentOS.Activities.Shell;

/// <summary>The environment of a command, built from nothing: no variable of the server reaches it.</summary>
internal static class SandboxEnvironment
{
    public static IReadOnlyDictionary<string, string> For(SandboxCommand command, string workspace, Toolchains tools)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = string.Join(':', [.. tools.PathEntries, SystemView.Path]),
            ["HOME"] = "/tmp/home", ["TMPDIR"] = "/tmp", ["USER"] = "agent", ["LOGNAME"] = "agent", ["SHELL"] = "/bin/sh",
            ["LANG"] = "C.UTF-8", ["TERM"] = "dumb", ["NO_COLOR"] = "1", ["CI"] = "true", ["PAGER"] = "cat", ["EDITOR"] = "true",
            ["WORKSPACE"] = workspace,
            ["GIT_TERMINAL_PROMPT"] = "0", ["GIT_OPTIONAL_LOCKS"] = "0",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1", ["DOTNET_NOLOGO"] = "1", ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
            ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false", ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
            // Build servers die with the sandbox: starting them for later only costs.
            ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false",
            // The audit of packages needs a network, and its failure would be a warning, or with strict settings an error.
            ["NuGetAudit"] = "false",
            ["npm_config_update_notifier"] = "false", ["npm_config_fund"] = "false", ["npm_config_audit"] = "false",
            ["PIP_DISABLE_PIP_VERSION_CHECK"] = "1", ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        foreach (var (name, value) in tools.Environment.Concat(command.Policy.Environment).Concat(command.Environment))
            environment[name] = value;
        return environment;
    }
}
