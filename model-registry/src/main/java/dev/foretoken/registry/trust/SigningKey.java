package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;

/** A private key with its public half, checked to belong together. */
public final class SigningKey {

    private final PrivateKey secret;
    private final PublicHalf half;

    private SigningKey(PrivateKey secret, PublicHalf half) {
        this.secret = secret;
        this.half = half;
        byte[] probe = "do these two belong together".getBytes(StandardCharsets.US_ASCII);
        if (!half.verifies(probe, sign(probe))) {
            throw invalid("the private key and the public key of " + half.name() + " do not belong together");
        }
    }

    /** Makes a key pair. {@code name}: what people call it. */
    public static SigningKey create(String name, KeyAlgorithm algorithm) {
        try {
            KeyPair pair = algorithm.generator().generateKeyPair();
            return new SigningKey(pair.getPrivate(), PublicHalf.of(name, pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "this Java cannot make keys of " + algorithm, e);
        }
    }

    /**
     * Reads a PEM file with an unencrypted PKCS#8 {@code PRIVATE KEY}. The public half is taken from a {@code PUBLIC KEY} block in the same
     * file, or from the file beside it that ends in {@code .pub}.
     *
     * @throws ForetokenException CONFIG_INVALID, with what to do, when one is missing, of another kind, or they do not belong together
     */
    public static SigningKey read(Path file) throws IOException {
        Pem pem = Pem.read(file);
        byte[] der = pem.block(Pem.PRIVATE)
                .orElseThrow(
                        () -> invalid(
                                file.getFileName()
                                        + " has no PRIVATE KEY in PKCS#8; 'openssl pkcs8 -topk8 -nocrypt -in KEY' converts other kinds"));
        PublicHalf half = publicHalf(file, pem);
        try {
            PrivateKey secret =
                    KeyFactory.getInstance(half.algorithm().family()).generatePrivate(new PKCS8EncodedKeySpec(der));
            return new SigningKey(secret, half);
        } catch (GeneralSecurityException e) {
            throw invalid("the private key in " + file.getFileName() + " is not of the kind of its public half, "
                    + half.algorithm());
        }
    }

    private static PublicHalf publicHalf(Path file, Pem pem) throws IOException {
        String name = PublicHalf.keyName(file);
        var own = pem.block(Pem.PUBLIC);
        if (own.isPresent()) {
            return PublicHalf.parse(name, own.get());
        }
        Path beside = file.resolveSibling(name + ".pub");
        if (!Files.isRegularFile(beside)) {
            throw invalid("%s has no public half; 'openssl pkey -in %s -pubout -out %s' writes it"
                    .formatted(file.getFileName(), file.getFileName(), beside.getFileName()));
        }
        return PublicHalf.read(beside);
    }

    /**
     * Writes {@code NAME.pem} (readable by its owner alone) and {@code NAME.pub} into {@code folder}.
     *
     * @throws java.nio.file.FileAlreadyExistsException rather than replace a key
     */
    public Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(half.name() + ".pem");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, Pem.of(Pem.PRIVATE, secret.getEncoded()) + half.pem());
        Files.writeString(folder.resolve(half.name() + ".pub"), half.pem(), StandardOpenOption.CREATE_NEW);
        return file;
    }

    public PublicHalf publicHalf() {
        return half;
    }

    byte[] sign(byte[] message) {
        try {
            Signature signer = Signature.getInstance(half.algorithm().signature());
            signer.initSign(secret);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw invalid("the private key of " + half.name() + " does not sign: " + e.getMessage());
        }
    }

    private static ForetokenException invalid(String message) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, message);
    }
}
