using System.Net;
using System.Net.Sockets;
using System.Reflection;
using AgentOS.Activities.Models.Recording;
using AgentOS.Kernel;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace AgentOS.Server.Hosting;

/// <summary>One run of a server: the data folder, PostgreSQL, the application; and the way back.</summary>
internal static class AgentOSServer
{
    public static readonly string Version =
        typeof(AgentOSServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>Runs until it is told to stop (a signal, or POST /api/server/stop).</summary>
    /// <param name="settings">What to start.</param>
    /// <param name="ready">Called with the address once requests are answered.</param>
    /// <param name="cancellation">Stops the server.</param>
    /// <exception cref="AgentOSException">It cannot start; the message says why and what to do.</exception>
    public static async Task RunAsync(ServerSettings settings, Action<RunningServer> ready, CancellationToken cancellation)
    {
        settings.Data.Create();
        RefuseTakenPort(settings);
        await using var database = await ServerDatabase.OpenAsync(settings, cancellation);
        await using var recorded = await RecordedAsync(settings, cancellation);
        await using var app = AgentOSApplication.Build(settings, database);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error) when (error.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw PortTaken(settings.Url, error);
        }

        var server = new RunningServer(Environment.ProcessId, AddressOf(app), DateTimeOffset.UtcNow, Version, database.ConnectionString);
        if (!settings.JoinsServer) settings.Data.WriteServer(server);
        try
        {
            ready(server);
            await app.WaitForShutdownAsync(cancellation);
        }
        finally
        {
            settings.Data.ForgetServer(server.Process);
        }
    }

    /// <summary>The address that is really listened on: a port 0 has become a number.</summary>
    public static string AddressOf(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>An endpoint whose answers are recorded, and the configuration that leads to it.</summary>
    private static async Task<RecordedModel?> RecordedAsync(ServerSettings settings, CancellationToken cancellation)
    {
        if (settings.Recording is not { } file) return null;
        var model = await RecordedModel.StartAsync(Recording.Load(file).Answer, cancellation: cancellation);
        await File.WriteAllTextAsync(settings.RecordedModelFile, model.Configuration(), cancellation);
        return model;
    }

    // Looked at before PostgreSQL is started, so that the usual mistake is answered at once and leaves nothing behind.
    private static void RefuseTakenPort(ServerSettings settings)
    {
        var url = settings.Url;
        if (url.Scheme != "http")
            throw new AgentOSException($"The server speaks http, not {url.Scheme}. Give --url as http://…, and let a reverse proxy speak TLS.");
        var address = url.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(url.Host.Trim('[', ']'), out var parsed) ? parsed : null;
        if (url.Port == 0 || address is null) return;
        try
        {
            using var probe = new TcpListener(address, url.Port);
            probe.Start();
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            if (settings.Data.ReadServer() is { IsAlive: true } own && new Uri(own.Url).Port == url.Port)
                throw new AgentOSException($"AgentOS is up already at {own.Url} (process {own.Process}, data folder {settings.Data.Path}). Use it, or stop it first: agentos stop", error);
            throw PortTaken(url, error);
        }
        catch (SocketException error)
        {
            throw new AgentOSException($"The server cannot listen on {url.Authority}: {error.Message} Give another address with --url or AGENTOS_URL.", error);
        }
    }

    private static AgentOSException PortTaken(Uri url, Exception error) => new(
        $"Port {url.Port} of {url.Host} is in use by another program (or another AgentOS). " +
        $"Stop it, or choose another port: agentos start --url http://{url.Host}:{(url.Port < 65535 ? url.Port + 1 : 5080)}", error);
}
