package dev.foretoken.registry.trust;

import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ModelFile;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Makes detached signatures. */
public final class ModelSigner {

    /** What a signature is called beside the files of a model. */
    public static final String FILE_NAME = "model.sig";

    /** Of the signature as a blob, and of the artifact that attaches it to a variant in an OCI registry. */
    public static final String MEDIA_TYPE = SignatureBundle.MEDIA_TYPE;

    private ModelSigner() {}

    /** The bundle that signs all files of {@code variant} and its manifest: the bytes of a {@value #FILE_NAME}. */
    public static byte[] sign(SignedVariant variant, SigningKey key) {
        return sign(variant.name(), variant.files(), Optional.of(variant.manifest()), key);
    }

    /** The bundle that signs files alone, as other tools make it. {@code name}: of the model, for people. */
    public static byte[] signFiles(String name, List<ModelFile> files, SigningKey key) {
        return sign(name, files, Optional.empty(), key);
    }

    private static byte[] sign(String name, List<ModelFile> files, Optional<Digest> manifest, SigningKey key) {
        List<SignedFile> sorted = files.stream()
                .map(file -> new SignedFile(file.path(), file.digest()))
                .sorted(Comparator.comparing(SignedFile::name))
                .toList();
        byte[] payload = new Statement(name, sorted, manifest).bytes();
        byte[] signature = key.sign(SignatureBundle.toBeSigned(payload));
        return new SignatureBundle(key.publicHalf().id(), payload, signature).bytes();
    }
}
