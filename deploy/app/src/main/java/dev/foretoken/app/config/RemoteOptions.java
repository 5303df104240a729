package dev.foretoken.app.command.models;

import dev.foretoken.registry.oci.OciConfig;
import dev.foretoken.registry.oci.OciCredentials;
import dev.foretoken.registry.pull.PullConfig;
import dev.foretoken.registry.remote.HostRules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options about the hosts that may be asked. */
final class RemoteOptions {

    @Option(
            names = "--allow-host",
            paramLabel = "HOST",
            split = ",",
            defaultValue = "${env:FORETOKEN_ALLOW_HOST}",
            description = "A host that may be asked beside the Hugging Face hub, HOST or *.DOMAIN; repeatable.")
    private List<String> hosts = List.of();

    @Option(
            names = "--allow-private-host",
            paramLabel = "HOST",
            split = ",",
            defaultValue = "${env:FORETOKEN_ALLOW_PRIVATE_HOST}",
            description = "The same for a host with an address of this machine or of a private network; repeatable.")
    private List<String> privateHosts = List.of();

    PullConfig pull() {
        return PullConfig.of(System.getenv(), hosts, privateHosts);
    }

    OciConfig oci() {
        Map<String, String> environment = System.getenv();
        return new OciConfig(
                HostRules.defaults().with(hosts, privateHosts),
                OciCredentials.of(environment, Path.of(System.getProperty("user.home"))));
    }
}
