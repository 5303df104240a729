package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.gateway.auth.HostNames;
import dev.foretoken.registry.name.Names;
import dev.foretoken.wire.tls.TlsFiles;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * A registry that is reached over HTTP, with nothing shared but its address.
 *
 * @param url of a process in role registry
 * @param key what it is shown; empty: nothing
 * @param tls who has signed its certificate, and what it is shown where it asks for one
 * @param group which this runtime pod belongs to; empty: none, only {@code --model} is served
 * @param copies most bytes of copies that nothing uses, and of what a gateway needs of one variant
 */
public record ReplicaSettings(URI url, String key, TlsFiles tls, Optional<String> group, long copies) {

    /** @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID */
    public ReplicaSettings {
        require(
                url.getHost() != null
                        && List.of("http", "https").contains(url.getScheme())
                        && url.getUserInfo() == null
                        && url.getQuery() == null
                        && List.of("", "/").contains(url.getPath()),
                "registry-url",
                url,
                "http://HOST:PORT or https://HOST:PORT of a process in role registry");
        group.ifPresent(name -> Names.require("group", name));
    }

    void requireFor(Role role, TransportSettings transport) {
        require(
                role == Role.GATEWAY || role == Role.RUNTIME,
                "registry-url",
                url,
                "given in roles gateway and runtime; others have a registry of their own");
        require(role == Role.RUNTIME || group.isEmpty(), "pod-group", group.orElse(""), "given in role runtime");
        require(
                url.getScheme().equals("https") || HostNames.isLoopback(url.getHost()) || transport.podPlaintext(),
                "registry-url",
                url,
                "https unless its host is a loopback address: the key would be readable on the network, which pod-plaintext allows");
    }

    /** The key is a secret. */
    @Override
    public String toString() {
        return "ReplicaSettings[url=" + url + ", group=" + group.orElse("") + "]";
    }
}
