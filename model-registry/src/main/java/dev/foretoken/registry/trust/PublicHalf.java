package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;

/**
 * The public half of a key: what signatures are checked with.
 *
 * @param name what people call it: the file's name without its ending
 */
public record PublicHalf(String name, PublicKey key, KeyAlgorithm algorithm) {

    /** How the names of files with public keys end. */
    public static final List<String> SUFFIXES = List.of(".pub", ".pem");

    /** @throws ForetokenException CONFIG_INVALID for a kind of key that signs nothing here */
    static PublicHalf of(String name, PublicKey key) {
        return new PublicHalf(name, key, KeyAlgorithm.of(key));
    }

    /**
     * Reads a PEM file with a {@code PUBLIC KEY}.
     *
     * @throws ForetokenException CONFIG_INVALID, naming the file, for anything else
     */
    public static PublicHalf read(Path file) throws IOException {
        byte[] der = Pem.read(file)
                .block(Pem.PUBLIC)
                .orElseThrow(() -> invalid(file.getFileName()
                        + " has no PUBLIC KEY; 'openssl pkey -in KEY -pubout' writes one from a private key"));
        return parse(keyName(file), der);
    }

    static PublicHalf parse(String name, byte[] der) {
        X509EncodedKeySpec spec = new X509EncodedKeySpec(der);
        for (KeyAlgorithm candidate : new KeyAlgorithm[] {KeyAlgorithm.ED25519, KeyAlgorithm.ECDSA_P256}) {
            try {
                return of(name, KeyFactory.getInstance(candidate.family()).generatePublic(spec));
            } catch (GeneralSecurityException e) {
                // Of another family: try the next.
            }
        }
        throw invalid("key " + name + " is none of Ed25519, ECDSA P-256 and ECDSA P-384");
    }

    static String keyName(Path file) {
        String name = file.getFileName().toString();
        return SUFFIXES.stream()
                .filter(name::endsWith)
                .findFirst()
                .map(suffix -> name.substring(0, name.length() - suffix.length()))
                .orElse(name);
    }

    /** The SHA-256 of {@link #pem} in hexadecimal: how OpenSSF Model Signing bundles hint at the key. */
    public String id() {
        return Digest.of(pem().getBytes(StandardCharsets.US_ASCII)).hex();
    }

    /** As a PEM file has it. */
    public String pem() {
        return Pem.of(Pem.PUBLIC, key.getEncoded());
    }

    /** Whether {@code signature} is this key's signature of {@code message}; false for bytes that are no signature at all. */
    boolean verifies(byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm.signature());
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            // The JDK reports a malformed signature by whatever its parser ran into; all of them mean: not signed.
            return false;
        }
    }

    private static ForetokenException invalid(String message) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, message);
    }
}
