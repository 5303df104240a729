package dev.foretoken.registry.oci;

import com.sun.net.httpserver.HttpExchange;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.remote.StubHost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A container registry in memory, as strict about authorization and as unreliable as a test asks for. For any thread. */
final class StubRegistry implements AutoCloseable {

    private static final String USER =
            "Basic " + Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));

    final StubHost host = new StubHost().otherwise(this::handle).on("/token", this::token);
    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    final AtomicInteger breakPieces = new AtomicInteger();
    final AtomicInteger tokens = new AtomicInteger();
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    /** Empty for none, else what WWW-Authenticate says. */
    volatile String challenge = "";
    /** How often a token counts. */
    volatile int tokenUses = Integer.MAX_VALUE;

    /** Asked before a blob is given, and before an upload begins; whether that is refused. Must not be null. */
    volatile Predicate<String> refuse = what -> false;

    private final Map<String, AtomicInteger> uses = new ConcurrentHashMap<>();

    void askForTokens() {
        challenge = "Bearer realm=\"%s\",service=\"stub\",scope=\"repository:other:*\"".formatted(host.uri("/token"));
    }

    void askForBasic() {
        challenge = "Basic realm=\"stub\"";
    }

    private void token(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        boolean known = USER.equals(exchange.getRequestHeaders().getFirst("Authorization"));
        if (!known || !query.startsWith("service=stub&scope=repository:team/toy:pull")) {
            StubHost.answer(exchange, 401, new byte[0]);
            return;
        }
        String token = "token-" + tokens.incrementAndGet();
        uses.put("Bearer " + token, new AtomicInteger(tokenUses));
        StubHost.answer(exchange, 200, ("{\"token\":\"" + token + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private boolean isAllowed(HttpExchange exchange) {
        String authorization = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                .orElse("");
        if (challenge.startsWith("Bearer")) {
            AtomicInteger left = uses.get(authorization);
            return left != null && left.getAndDecrement() > 0;
        }
        return challenge.isEmpty() || authorization.equals(USER);
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!isAllowed(exchange)) {
            exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
            StubHost.answer(exchange, 401, new byte[0]);
        } else if (isRefused(exchange, path)) {
            StubHost.answer(exchange, 403, new byte[0]);
        } else if (path.contains("/blobs/uploads/")) {
            upload(exchange, path.substring(path.lastIndexOf('/') + 1));
        } else if (path.contains("/blobs/")) {
            stored(exchange, blobs.get(path.substring(path.lastIndexOf('/') + 1)));
        } else if (path.contains("/manifests/") && exchange.getRequestMethod().equals("PUT")) {
            byte[] manifest = exchange.getRequestBody().readAllBytes();
            manifests.put(path.substring(path.lastIndexOf('/') + 1), manifest);
            manifests.put(Digest.of(manifest).toString(), manifest);
            exchange.getResponseHeaders()
                    .set("Docker-Content-Digest", Digest.of(manifest).toString());
            StubHost.answer(exchange, 201, new byte[0]);
        } else if (path.contains("/manifests/")) {
            stored(exchange, manifests.get(path.substring(path.lastIndexOf('/') + 1)));
        } else {
            StubHost.answer(exchange, 404, new byte[0]);
        }
    }

    private boolean isRefused(HttpExchange exchange, String path) {
        String method = exchange.getRequestMethod();
        boolean moves = path.contains("/blobs/uploads/") ? method.equals("POST") : method.equals("GET");
        return moves && path.contains("/blobs/") && refuse.test(path.substring(path.lastIndexOf('/') + 1));
    }

    private static void stored(HttpExchange exchange, byte @org.jspecify.annotations.Nullable [] bytes)
            throws IOException {
        StubHost.answer(exchange, bytes == null ? 404 : 200, bytes == null ? new byte[0] : bytes);
    }

    private void upload(HttpExchange exchange, String id) throws IOException {
        String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
        switch (exchange.getRequestMethod()) {
            case "POST" -> begin(exchange, query);
            case "PATCH" -> piece(exchange, id);
            case "GET" -> accepted(exchange, id, 204);
            case "PUT" -> finish(exchange, id, query.replaceFirst(".*digest=", ""));
            default -> StubHost.answer(exchange, 405, new byte[0]);
        }
    }

    private void begin(HttpExchange exchange, String query) throws IOException {
        if (query.startsWith("mount=") && blobs.containsKey(query.replaceFirst("mount=([^&]*).*", "$1"))) {
            StubHost.answer(exchange, 201, new byte[0]);
            return;
        }
        String id = UUID.randomUUID().toString();
        uploads.put(id, new ByteArrayOutputStream());
        accepted(exchange, id, 202);
    }

    /** Breaks in the middle as often as it was told: half of the bytes are kept, no answer is given. */
    private void piece(HttpExchange exchange, String id) throws IOException {
        byte[] bytes = exchange.getRequestBody().readAllBytes();
        ByteArrayOutputStream upload = uploads.get(id);
        if (breakPieces.getAndDecrement() > 0) {
            upload.write(bytes, 0, bytes.length / 2);
            exchange.close();
            return;
        }
        upload.write(bytes);
        accepted(exchange, id, 202);
    }

    private void accepted(HttpExchange exchange, String id, int status) throws IOException {
        int size = uploads.get(id).size();
        exchange.getResponseHeaders().set("Location", "/v2/team/toy/blobs/uploads/" + id + "?_state=x");
        exchange.getResponseHeaders().set("Range", "0-" + Math.max(0, size - 1));
        StubHost.answer(exchange, status, new byte[0]);
    }

    private void finish(HttpExchange exchange, String id, String digest) throws IOException {
        ByteArrayOutputStream upload = uploads.remove(id);
        upload.write(exchange.getRequestBody().readAllBytes());
        boolean right = Digest.of(upload.toByteArray()).toString().equals(digest);
        if (right) {
            blobs.put(digest, upload.toByteArray());
        }
        StubHost.answer(exchange, right ? 201 : 400, new byte[0]);
    }

    @Override
    public void close() {
        host.close();
    }
}
