package dev.foretoken.wire.tls;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A file in PEM format.
 *
 * @param option how errors call it: the option that named it
 */
public record PemFile(String option, Path path) {

    /** A bundle of every public authority has about 250 kB. */
    private static final long MAX_BYTES = 4 << 20;

    byte[] read() {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw refused("is larger than " + MAX_BYTES + " bytes", "a PEM file");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw refused("cannot be read (" + e + ")", "a readable PEM file");
        }
    }

    /** At least one, in the order of the file. */
    X509Certificate[] certificates(byte[] content) {
        String wanted = "certificates in PEM, -----BEGIN CERTIFICATE-----";
        X509Certificate[] found;
        try {
            found = CertificateUtils.getX509Certificates(new ByteArrayInputStream(content));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw refused("holds no certificate that can be read (" + e.getMessage() + ")", wanted);
        }
        if (found.length == 0) {
            throw refused("holds no certificate", wanted);
        }
        return found;
    }

    /** Messages never quote the content: it is secret. */
    PrivateKey key(byte[] content) {
        String wanted = "an unencrypted RSA or EC key in PKCS#8, -----BEGIN PRIVATE KEY-----";
        if (!new String(content, StandardCharsets.ISO_8859_1).contains("-----BEGIN PRIVATE KEY-----")) {
            throw refused("holds no private key in PKCS#8", wanted);
        }
        try {
            return CertificateUtils.getPrivateKey(new ByteArrayInputStream(content));
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw refused("holds a private key that cannot be read", wanted);
        }
    }

    ForetokenException refused(String found, String expected) {
        return new ForetokenException(
                        ErrorCode.CONFIG_INVALID, option + "=" + path + " " + found + "; it must be " + expected)
                .withParam(option);
    }
}
