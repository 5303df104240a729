package dev.foretoken.registry.replica;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Where a registry is, and where copies of it go.
 *
 * @param url of a process in role registry, without a path
 * @param key what it is shown as bearer token; empty: nothing
 * @param tls for https; empty: the platform's authorities are believed
 * @param home folder of the copies; made when it is not there
 * @param cacheBytes of copies that nothing uses; what is served comes on top, and of a part of a variant no more is copied
 */
public record ReplicaConfig(URI url, String key, Optional<SSLContext> tls, Path home, long cacheBytes) {

    /** The key is a secret. */
    @Override
    public String toString() {
        return "ReplicaConfig[url=" + url + ", home=" + home + "]";
    }
}
