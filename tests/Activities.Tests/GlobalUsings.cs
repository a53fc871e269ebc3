global using Shouldly;
global using Xunit;

// Sandbox, permissions and links are those of Unix.
[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
