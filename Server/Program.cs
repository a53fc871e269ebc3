return await AgentOS.Server.Cli.AgentOSCommand.RunAsync(args);
