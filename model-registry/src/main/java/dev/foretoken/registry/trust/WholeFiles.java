package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.Quoted;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that the parts of files add up to the files' digests: a manifest only claims it. What holds for a list of parts holds for good,
 * because parts are named by their digests, so each list is read once per process. For any thread.
 */
final class WholeFiles {

    private static final int REMEMBERED = 1 << 14;
    private static final int READ_BYTES = 1 << 17;

    private final Set<Digest> proven = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    /** The path of the first file that is not what its manifest says. */
    Optional<String> firstWrong(List<ModelFile> files, PartReader parts) {
        for (ModelFile file : files) {
            Digest claim = claim(file);
            if (!file.isWhole() && !proven.contains(claim)) {
                if (!digest(file, parts).equals(file.digest())) {
                    return Optional.of(file.path());
                }
                proven.add(claim);
            }
        }
        return Optional.empty();
    }

    /** Of files whose digest the caller computed of the same bytes as those of their parts. */
    void add(List<ModelFile> files) {
        files.stream().filter(file -> !file.isWhole()).forEach(file -> proven.add(claim(file)));
    }

    /** Names that these parts are this file. */
    private static Digest claim(ModelFile file) {
        MessageDigest hasher = Digest.hasher();
        hasher.update(HexFormat.of().parseHex(file.digest().hex()));
        file.parts()
                .forEach(part ->
                        hasher.update(HexFormat.of().parseHex(part.digest().hex())));
        return Digest.of(hasher);
    }

    private static Digest digest(ModelFile file, PartReader parts) {
        MessageDigest hasher = Digest.hasher();
        byte[] buffer = new byte[READ_BYTES];
        try {
            for (Descriptor part : file.parts()) {
                try (InputStream in = parts.open(part.digest())) {
                    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                        hasher.update(buffer, 0, read);
                    }
                }
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, "a part of " + Quoted.of(file.path()) + " cannot be read", e);
        }
        return Digest.of(hasher);
    }
}
