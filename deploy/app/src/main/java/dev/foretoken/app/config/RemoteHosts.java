package dev.foretoken.app.config;

import dev.foretoken.registry.oci.OciConfig;
import dev.foretoken.registry.oci.OciCredentials;
import dev.foretoken.registry.pull.PullConfig;
import dev.foretoken.registry.remote.HostRules;
import dev.foretoken.registry.transfer.ModelPull;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The hosts that may be asked for models, beside the Hugging Face hub.
 *
 * @param hosts names, or {@code *.DOMAIN}
 * @param privateHosts those with an address of this machine or of a private network
 */
public record RemoteHosts(List<String> hosts, List<String> privateHosts) {

    public static final RemoteHosts NONE = new RemoteHosts(List.of(), List.of());

    public RemoteHosts {
        hosts = List.copyOf(hosts);
        privateHosts = List.copyOf(privateHosts);
    }

    /** @param environment of the process: credentials and the hub's address */
    public ModelPull.Sources sources(Map<String, String> environment) {
        return new ModelPull.Sources(PullConfig.of(environment, hosts, privateHosts), oci(environment));
    }

    /** @param environment of the process: credentials */
    public OciConfig oci(Map<String, String> environment) {
        return new OciConfig(
                HostRules.defaults().with(hosts, privateHosts),
                OciCredentials.of(environment, Path.of(System.getProperty("user.home"))));
    }
}
