package dev.foretoken.registry.trust;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Quoted;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is signed: an in-toto statement 1 with OpenSSF Model Signing's predicate 1.0. Its subject's digest is the SHA-256 over the files'
 * binary digests in the order of the list.
 *
 * <p>The predicate has one field of our own, {@code foretoken.manifest}, which other verifiers must ignore: the digest of the variant's
 * manifest. It binds what files do not say, such as load settings. Bundles made by other tools do not have it.
 *
 * @param name of the model, for people
 * @param files sorted by name when written here; in their order when read
 */
record Statement(String name, List<SignedFile> files, Optional<Digest> manifest) {

    private static final String WHAT = "the signed statement";
    private static final String TYPE = "https://in-toto.io/Statement/v1";
    private static final String PREDICATE = "https://model_signing/signature/v1.0";
    private static final String SHA256 = "sha256";
    private static final int MAX_FILES = 20_000;

    Statement {
        files = List.copyOf(files);
    }

    byte[] bytes() {
        Map<String, Object> predicate = new LinkedHashMap<>();
        predicate.put(
                "serialization",
                ordered(
                        "method",
                        "files",
                        "hash_type",
                        SHA256,
                        "allow_symlinks",
                        false,
                        "ignore_paths",
                        List.of("model.sig")));
        predicate.put(
                "resources",
                files.stream()
                        .map(file -> ordered(
                                "name",
                                file.name(),
                                "algorithm",
                                SHA256,
                                "digest",
                                file.digest().hex()))
                        .toList());
        manifest.ifPresent(digest -> predicate.put("foretoken", ordered("manifest", digest.toString())));
        Map<String, Object> subject = ordered("name", name, "digest", ordered(SHA256, root().hex()));
        return SignatureJson.bytes(ordered(
                "_type", TYPE, "subject", List.of(subject), "predicateType", PREDICATE, "predicate", predicate));
    }

    /** @throws ForetokenException SIGNATURE_REFUSED for another kind of statement, or one that contradicts itself */
    static Statement parse(byte[] document) {
        JsonNode root = SignatureJson.object(WHAT, document);
        SignatureJson.requireText(WHAT, root, TYPE, "_type");
        SignatureJson.requireText(WHAT, root, PREDICATE, "predicateType");
        JsonNode predicate = SignatureJson.at(WHAT, root, "predicate");
        SignatureJson.requireText(WHAT, predicate, "files", "serialization", "method");
        SignatureJson.requireText(WHAT, predicate, SHA256, "serialization", "hash_type");
        JsonNode subjects = SignatureJson.at(WHAT, root, "subject");
        if (!subjects.isArray() || subjects.size() != 1) {
            throw SignatureJson.refused(WHAT + " must have exactly one subject");
        }
        Statement statement =
                new Statement(SignatureJson.text(WHAT, subjects.get(0), "name"), files(predicate), manifest(predicate));
        Digest said = digest(SignatureJson.text(WHAT, subjects.get(0), "digest", SHA256));
        if (!statement.root().equals(said)) {
            throw SignatureJson.refused("%s contradicts itself: its subject is %s, its files have %s"
                    .formatted(WHAT, said, statement.root()));
        }
        return statement;
    }

    private static List<SignedFile> files(JsonNode predicate) {
        JsonNode list = SignatureJson.at(WHAT, predicate, "resources");
        if (!list.isArray() || list.isEmpty() || list.size() > MAX_FILES) {
            throw SignatureJson.refused(WHAT + " must list 1 to " + MAX_FILES + " files");
        }
        List<SignedFile> files = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode entry : list) {
            SignatureJson.requireText(WHAT, entry, SHA256, "algorithm");
            String name = SignatureJson.text(WHAT, entry, "name");
            if (!names.add(name)) {
                throw SignatureJson.refused(WHAT + " lists " + Quoted.of(name) + " twice");
            }
            files.add(new SignedFile(name, digest(SignatureJson.text(WHAT, entry, "digest"))));
        }
        return files;
    }

    private static Optional<Digest> manifest(JsonNode predicate) {
        if (!predicate.has("foretoken")) {
            return Optional.empty();
        }
        String text = SignatureJson.text(WHAT, predicate, "foretoken", "manifest");
        if (!text.startsWith("sha256:")) {
            throw SignatureJson.refused(WHAT + " names its manifest as " + Quoted.of(text) + ", expected sha256:HEX");
        }
        return Optional.of(digest(text.substring("sha256:".length())));
    }

    private static Digest digest(String hex) {
        try {
            return new Digest(hex);
        } catch (ForetokenException e) {
            throw SignatureJson.refused(WHAT + ": " + e.getMessage());
        }
    }

    private Digest root() {
        MessageDigest hasher = Digest.hasher();
        files.forEach(
                file -> hasher.update(HexFormat.of().parseHex(file.digest().hex())));
        return Digest.of(hasher);
    }

    private static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> out = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            out.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return out;
    }
}
