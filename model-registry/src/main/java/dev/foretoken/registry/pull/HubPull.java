package dev.foretoken.registry.pull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.FilePath;
import dev.foretoken.registry.remote.Answer;
import dev.foretoken.registry.remote.RemoteHttp;
import dev.foretoken.registry.remote.RemoteJson;
import dev.foretoken.registry.remote.RemoteRequest;
import dev.foretoken.registry.remote.Staging;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The hub's protocol: the revision becomes a commit first, and everything is fetched at that commit. Large files have a SHA-256 in the
 * listing or in {@code X-Linked-Etag}, small ones git's SHA-1.
 */
final class HubPull {

    private static final int MAX_LISTING = 16 << 20;
    private static final String COMMIT = "[0-9a-f]{40}";

    private final PullConfig config;
    private final RemoteHttp http;

    HubPull(PullConfig config, RemoteHttp http) {
        this.config = config;
        this.http = http;
    }

    Pulled pull(PullAddress.Hub address, Path root, LoadProgress progress) throws IOException {
        progress.update("asking the hub", 0, 0);
        JsonNode listing = listing(address);
        String commit = listing.path("sha").asText();
        if (!commit.matches(COMMIT)) {
            throw new ForetokenException(
                    ErrorCode.SOURCE_UNAVAILABLE, "the hub does not say which commit this is; is the endpoint right?");
        }
        Choice choice = Choice.of(files(address, commit, listing.path("siblings")), address.file());
        String from = "hf://" + repository(address) + "@" + commit
                + address.file().map(file -> "/" + file).orElse("");
        Staging staging = Staging.open(root, config.hub() + " " + from);
        try {
            new Fetching(http, progress).fetch(withDigests(choice.files()), staging);
        } catch (IOException | RuntimeException e) {
            staging.close();
            throw e;
        }
        Path source = choice.opened().map(staging::file).orElse(staging.files());
        Map<String, String> parameters = Map.of(
                "revision",
                address.revision(),
                "commit",
                commit,
                "endpoint",
                config.hub().toString());
        return new Pulled(source, from, parameters, choice.leftOut(), staging);
    }

    private JsonNode listing(PullAddress.Hub address) throws IOException {
        URI uri =
                uri("/api/models/" + repository(address) + "/revision/" + encoded(address.revision()) + "?blobs=true");
        try (Answer answer = http.send(authorized(RemoteRequest.get(uri)))) {
            if (answer.status() == 401 && config.hubToken().isEmpty()) {
                throw new ForetokenException(
                        ErrorCode.PERMISSION_DENIED,
                        "the hub has no such repository for the public: check its name, or set HF_TOKEN if it is private or gated");
            }
            if (answer.status() != 200) {
                throw answer.failure();
            }
            return RemoteJson.object("the hub's answer", answer.bytes(MAX_LISTING));
        }
    }

    private List<RemoteFile> files(PullAddress.Hub address, String commit, JsonNode siblings) {
        List<RemoteFile> files = new ArrayList<>();
        for (JsonNode sibling : siblings) {
            String path = FilePath.checked(sibling.path("rfilename").asText());
            String encoded =
                    Arrays.stream(path.split("/")).map(HubPull::encoded).collect(Collectors.joining("/"));
            URI uri = uri("/" + repository(address) + "/resolve/" + commit + "/" + encoded);
            Optional<Digest> digest = sha256(sibling.path("lfs").path("sha256").asText());
            String git = sibling.path("blobId").asText();
            boolean small = digest.isEmpty() && git.matches(COMMIT);
            files.add(new RemoteFile(
                    path,
                    size(sibling.path("size")),
                    digest,
                    small ? Optional.of(git) : Optional.empty(),
                    authorized(RemoteRequest.get(uri))));
        }
        return files;
    }

    /** Asks for the digests that the listing does not have: mirrors leave them out. */
    private List<RemoteFile> withDigests(List<RemoteFile> files) {
        List<RemoteFile> all = new ArrayList<>();
        for (RemoteFile file : files) {
            boolean known = file.digest().isPresent() || file.gitDigest().isPresent();
            all.add(known ? file : linked(file));
        }
        return all;
    }

    private RemoteFile linked(RemoteFile file) {
        RemoteRequest head = authorized(RemoteRequest.of("HEAD", file.request().uri()));
        try (Answer answer = http.ask(head)) {
            String tag = answer.header("x-linked-etag").orElse("").replace("\"", "");
            String size = answer.header("x-linked-size").orElse("");
            OptionalLong stated = size.matches("[0-9]{1,15}") ? OptionalLong.of(Long.parseLong(size)) : file.size();
            return new RemoteFile(file.path(), stated, sha256(tag), Optional.empty(), file.request());
        }
    }

    /** The token is for the hub's own origin: not for its CDN, not for whoever it redirects to. */
    private RemoteRequest authorized(RemoteRequest request) {
        return request.authorized(
                uri -> isHub(uri) ? config.hubToken().map(token -> "Bearer " + token) : Optional.empty());
    }

    private boolean isHub(URI uri) {
        URI hub = config.hub();
        return hub.getScheme().equalsIgnoreCase(uri.getScheme())
                && hub.getHost().equalsIgnoreCase(uri.getHost())
                && hub.getPort() == uri.getPort();
    }

    private URI uri(String pathAndQuery) {
        return URI.create(config.hub() + pathAndQuery);
    }

    private static String repository(PullAddress.Hub address) {
        return address.organisation() + "/" + address.name();
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static OptionalLong size(JsonNode node) {
        return node.canConvertToLong() && node.longValue() >= 0
                ? OptionalLong.of(node.longValue())
                : OptionalLong.empty();
    }

    private static Optional<Digest> sha256(String hex) {
        return hex.matches("[0-9a-f]{64}") ? Optional.of(new Digest(hex)) : Optional.empty();
    }
}
