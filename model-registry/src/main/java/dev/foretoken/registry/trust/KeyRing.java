package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The public keys whose signatures count. Immutable. */
public final class KeyRing {

    private static final int MAX_KEYS = 1000;

    private final Map<String, PublicHalf> byId;

    private KeyRing(Map<String, PublicHalf> byId) {
        this.byId = byId;
    }

    public static KeyRing of(Collection<PublicHalf> keys) {
        Map<String, PublicHalf> byId = new LinkedHashMap<>();
        keys.forEach(key -> byId.putIfAbsent(key.id(), key));
        return new KeyRing(byId);
    }

    /**
     * Reads every {@code *.pub} and {@code *.pem} in {@code folder}, each of which must have a public key; a folder that is not there has no
     * keys.
     *
     * @throws ForetokenException CONFIG_INVALID, naming the file: a key that cannot be read is not passed over in silence
     */
    public static KeyRing read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return of(List.of());
        }
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(KeyRing::isKey).sorted().limit(MAX_KEYS + 1L).toList();
        }
        if (files.size() > MAX_KEYS) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the folder of trusted keys has more than " + MAX_KEYS + " keys");
        }
        Map<String, PublicHalf> byId = new LinkedHashMap<>();
        for (Path file : files) {
            PublicHalf key = PublicHalf.read(file);
            byId.putIfAbsent(key.id(), key);
        }
        return new KeyRing(byId);
    }

    private static boolean isKey(Path file) {
        String name = file.getFileName().toString();
        return PublicHalf.SUFFIXES.stream().anyMatch(name::endsWith) && Files.isRegularFile(file);
    }

    Optional<PublicHalf> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    public Collection<PublicHalf> keys() {
        return List.copyOf(byId.values());
    }

    /** For messages: the names of all keys. */
    String names() {
        return byId.isEmpty()
                ? "no key is trusted"
                : "trusted are " + byId.values().stream().map(PublicHalf::name).collect(Collectors.joining(", "));
    }
}
