package dev.foretoken.app.config;

import java.util.List;
import picocli.CommandLine.Option;

/** Options about the hosts that may be asked. */
public final class RemoteOptions {

    @Option(
            names = "--allow-host",
            paramLabel = "HOST",
            split = ",",
            defaultValue = "${env:FORETOKEN_ALLOW_HOST}",
            description =
                    "A host that models may be pulled from beside the Hugging Face hub, HOST or *.DOMAIN; repeatable.")
    private List<String> hosts = List.of();

    @Option(
            names = "--allow-private-host",
            paramLabel = "HOST",
            split = ",",
            defaultValue = "${env:FORETOKEN_ALLOW_PRIVATE_HOST}",
            description = "The same for a host with an address of this machine or of a private network; repeatable.")
    private List<String> privateHosts = List.of();

    public RemoteHosts hosts() {
        return new RemoteHosts(hosts, privateHosts);
    }
}
