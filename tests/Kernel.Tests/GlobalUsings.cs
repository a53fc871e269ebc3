global using AgentOS.Kernel.Database;
global using AgentOS.Testing.Postgres;
global using Shouldly;
global using Xunit;
