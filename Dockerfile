# The server with what its agents need: git, bubblewrap, Node.js (npm brings Elsa Studio's elements).
# Toolchains of the repositories that are worked on (beyond .NET and Node.js) belong into an image built FROM this one.
FROM mcr.microsoft.com/dotnet/sdk:10.0
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap ca-certificates git nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/agentos
COPY . .
RUN ./agentos --version && useradd --create-home agentos && chown -R agentos: /opt/agentos
USER agentos
ENV AGENTOS_HOME=/home/agentos/.agentos AGENTOS_URL=http://0.0.0.0:5080
VOLUME /home/agentos/.agentos
EXPOSE 5080
ENTRYPOINT ["/opt/agentos/agentos"]
CMD ["start"]
