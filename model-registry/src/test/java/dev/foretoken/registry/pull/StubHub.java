package dev.foretoken.registry.pull;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.HostRules;
import dev.foretoken.registry.remote.RemoteLimits;
import dev.foretoken.registry.remote.StubHost;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A hub with one repository, org/model, whose large files lie on a host of their own. For one thread. */
final class StubHub implements AutoCloseable {

    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    final StubHost hub = new StubHost();
    final StubHost cdn = new StubHost();
    private final List<String> siblings = new ArrayList<>();

    /** In git: listed with its SHA-1. */
    StubHub small(String path, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        siblings.add("{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\"}".formatted(path, bytes.length, git(bytes)));
        hub.file("/org/model/resolve/" + COMMIT + "/" + path, bytes, "\"" + git(bytes) + "\"", 0);
        return listed();
    }

    /** Beside git: listed with its SHA-256, on the other host. {@code cut}: see {@link StubHost#file}. */
    StubHub large(String path, byte[] bytes, int cut) {
        String sha = Digest.of(bytes).hex();
        siblings.add("{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\",\"lfs\":{\"sha256\":\"%s\",\"size\":%d}}"
                .formatted(path, bytes.length, git(new byte[0]), sha, bytes.length));
        hub.redirect(
                "/org/model/resolve/" + COMMIT + "/" + path,
                cdn.uri("/" + sha + "?signature=secret").toString());
        cdn.file("/" + sha, bytes, "\"" + sha + "\"", cut);
        return listed();
    }

    /** As a mirror lists it that leaves digests out. */
    StubHub bare(String path, byte[] bytes, String linkedTag) {
        siblings.add("{\"rfilename\":\"%s\"}".formatted(path));
        hub.on("/org/model/resolve/" + COMMIT + "/" + path, exchange -> {
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + linkedTag + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", "" + bytes.length);
            exchange.getResponseHeaders().set("Location", cdn.uri("/bare").toString());
            StubHost.answer(exchange, 302, new byte[0]);
        });
        cdn.file("/bare", bytes, "\"x\"", 0);
        return listed();
    }

    StubHub sibling(String json) {
        siblings.add(json);
        return listed();
    }

    private StubHub listed() {
        String json =
                "{\"id\":\"org/model\",\"sha\":\"%s\",\"siblings\":[%s]}".formatted(COMMIT, String.join(",", siblings));
        hub.on("/api/models/org/model/revision/main", json);
        hub.on("/api/models/org/model/revision/v1", json);
        return this;
    }

    PullConfig config(String token) {
        RemoteLimits limits = new RemoteLimits(10 << 20, 1 << 20, 20, Duration.ofMinutes(2), 3);
        HostRules rules = new HostRules(List.of(), List.of(hub.host(), cdn.host()));
        return new PullConfig(rules, limits, hub.uri(""), token.isEmpty() ? Optional.empty() : Optional.of(token));
    }

    private static String git(byte[] bytes) {
        try {
            MessageDigest hasher = MessageDigest.getInstance("SHA-1");
            hasher.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hasher.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        hub.close();
        cdn.close();
    }
}
