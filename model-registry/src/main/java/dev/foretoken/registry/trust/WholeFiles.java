package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that the parts of files add up to the digests that were signed: a manifest only claims it. What holds for a manifest holds for
 * good, because parts are named by their digests, so each manifest is read once per process. For any thread.
 */
final class WholeFiles {

    private static final int REMEMBERED = 4096;
    private static final int READ_BYTES = 1 << 17;

    private final Set<Digest> proven = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    /** The first file that is not what the manifest says, as a sentence. */
    Optional<String> firstWrong(SignedVariant variant, PartReader parts) {
        if (proven.contains(variant.manifest())) {
            return Optional.empty();
        }
        for (ModelFile file : variant.files()) {
            if (!file.isWhole() && !digest(file, parts).equals(file.digest())) {
                return Optional.of("the parts of " + Shown.of(file.path()) + " are not the file that was signed");
            }
        }
        proven.add(variant.manifest());
        return Optional.empty();
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
                    ErrorCode.MODEL_FILE_CORRUPT, "a part of " + Shown.of(file.path()) + " cannot be read", e);
        }
        return Digest.of(hasher);
    }
}
