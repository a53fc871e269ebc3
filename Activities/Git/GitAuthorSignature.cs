using LibGit2Sharp;

namespace AgentOS.Activities.Git;

internal static class GitAuthorSignature
{
    public static Signature Signature(this GitAuthor author) => new(author.Name, author.Email, author.When);
}
