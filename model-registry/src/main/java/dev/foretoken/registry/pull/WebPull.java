package dev.foretoken.registry.pull;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.RemoteHttp;
import dev.foretoken.registry.remote.RemoteRequest;
import dev.foretoken.registry.remote.Staging;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One file from the web. */
final class WebPull {

    private final RemoteHttp http;

    WebPull(RemoteHttp http) {
        this.http = http;
    }

    Pulled pull(PullAddress.Web address, Path root, LoadProgress progress) throws IOException {
        Staging staging = Staging.open(root, address.uri() + " " + address.digest());
        Path file = staging.file(address.fileName());
        try {
            RemoteFile only = new RemoteFile(
                    address.fileName(),
                    OptionalLong.empty(),
                    address.digest(),
                    Optional.empty(),
                    RemoteRequest.get(address.uri()));
            new Fetching(http, progress).fetch(List.of(only), staging);
            URI uri = address.uri();
            String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
            // Without the query: signed addresses have their secrets there.
            String from = uri.getScheme() + "://" + uri.getHost() + port + uri.getRawPath();
            return new Pulled(file, from, Map.of("digest", Digest.of(file).toString()), List.of(), staging);
        } catch (IOException | RuntimeException e) {
            staging.close();
            throw e;
        }
    }
}
