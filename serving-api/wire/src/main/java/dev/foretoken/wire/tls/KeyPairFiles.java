package dev.foretoken.wire.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/** Reads an identity when its files have changed, and refuses one that no other side would take. Used by one thread at a time. */
final class KeyPairFiles {

    private final TlsFiles.Identity files;
    private final InstantSource clock;
    private byte @Nullable [] certificateRead;
    private byte @Nullable [] keyRead;

    KeyPairFiles(TlsFiles.Identity files, InstantSource clock) {
        this.files = files;
        this.clock = clock;
    }

    /** What is taken of the files. */
    record KeyPair(X509Certificate[] chain, PrivateKey key) {}

    /** Null when the files are as they were. @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID */
    @Nullable
    KeyPair changed() {
        byte[] certificate = files.certificate().read();
        byte[] key = files.key().read();
        if (Arrays.equals(certificate, certificateRead) && Arrays.equals(key, keyRead)) {
            return null;
        }
        KeyPair pair = new KeyPair(
                files.certificate().certificates(certificate), files.key().key(key));
        check(pair);
        certificateRead = certificate;
        keyRead = key;
        return pair;
    }

    private void check(KeyPair pair) {
        X509Certificate own = pair.chain()[0];
        Instant now = clock.instant();
        try {
            own.checkValidity(Date.from(now));
        } catch (CertificateException e) {
            throw files.certificate()
                    .refused(
                            "is valid from "
                                    + own.getNotBefore().toInstant() + " to "
                                    + own.getNotAfter().toInstant() + " and it is " + now,
                            "a certificate that is valid now: renew it");
        }
        if (!matches(own.getPublicKey(), pair.key())) {
            throw files.key()
                    .refused(
                            "is not the key of the first certificate in "
                                    + files.certificate().path(),
                            "the private key that it was made with");
        }
    }

    /** Whether what one signs the other verifies. */
    private static boolean matches(PublicKey verifier, PrivateKey signer) {
        String algorithm = "SHA256with" + (signer.getAlgorithm().equals("EC") ? "ECDSA" : signer.getAlgorithm());
        byte[] text = {1, 2, 3, 4};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(signer);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(verifier);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of two algorithms
        }
    }
}
