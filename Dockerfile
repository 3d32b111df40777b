# syntax=docker/dockerfile:1
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY global.json Directory.*.props Directory.*.targets .editorconfig BannedSymbols*.txt ./
COPY protos protos
COPY migrations migrations
COPY src src
# Exactly the packages of the lock files. Analyzers are for whoever changes the code.
RUN dotnet restore src/CredBroker.Cli --locked-mode \
 && dotnet publish src/CredBroker.Cli -c Release --no-restore -p:RunAnalyzers=false -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
COPY --from=build /app /opt/credbroker
# No debugger or profiler may attach: a core dump would hold the signing key.
ENV PATH=/opt/credbroker:$PATH DOTNET_EnableDiagnostics=0
# The image's own unprivileged user.
USER $APP_UID
ENTRYPOINT ["credbroker", "serve"]
