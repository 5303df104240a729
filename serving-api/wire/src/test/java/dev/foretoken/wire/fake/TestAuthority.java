package dev.foretoken.wire.fake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Signs certificates for tests and writes them where servers read them. */
public final class TestAuthority {

    private static final Duration LIFE = Duration.ofDays(1);

    private final String name;
    private final KeyPair keys = newKeys();
    private final X509Certificate certificate;
    private long serial = 1;

    public TestAuthority(String name) {
        this.name = name;
        this.certificate = sign(name, keys, Instant.now().plus(LIFE));
    }

    /** Who it was issued by, and whose key it is. */
    public record Issued(X509Certificate certificate, PrivateKey key) {

        /** Two files that hold it: certificate, then key. */
        public void write(Path certificateFile, Path keyFile) {
            TestAuthority.write(certificateFile, "CERTIFICATE", encoded(certificate));
            TestAuthority.write(keyFile, "PRIVATE KEY", key.getEncoded());
        }
    }

    /** For {@code localhost} and 127.0.0.1, by name {@code subject}. */
    public Issued issue(String subject) {
        return issue(subject, Instant.now().plus(LIFE));
    }

    public synchronized Issued issue(String subject, Instant until) {
        KeyPair own = newKeys();
        return new Issued(sign(subject, own, until), own.getPrivate());
    }

    /** The file by which its certificates are believed. */
    public void write(Path file) {
        write(file, "CERTIFICATE", encoded(certificate));
    }

    public X509Certificate certificate() {
        return certificate;
    }

    private X509Certificate sign(String subject, KeyPair own, Instant until) {
        boolean isAuthority = own == keys;
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=" + name),
                    BigInteger.valueOf(serial++),
                    Date.from(until.minus(LIFE.multipliedBy(2))),
                    Date.from(until),
                    new X500Name("CN=" + subject),
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                new GeneralName(GeneralName.dNSName, "localhost"),
                new GeneralName(GeneralName.dNSName, subject),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
            }));
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (OperatorCreationException | CertIOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void write(Path file, String kind, byte[] content) {
        String text = "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + kind
                + "-----\n";
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
