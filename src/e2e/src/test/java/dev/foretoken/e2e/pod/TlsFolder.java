package dev.foretoken.e2e.pod;

import dev.foretoken.wire.fake.TestAuthority;
import dev.foretoken.wire.tls.PemFile;
import dev.foretoken.wire.tls.TlsFiles;
import java.nio.file.Path;
import java.util.Optional;

/** Where one side's certificate, key and authorities lie. */
public record TlsFolder(Path certificate, Path key, Path authorities) {

    /** Writes a certificate of {@code issuer}, and whom it believes. */
    public static TlsFolder write(Path folder, String name, TestAuthority issuer, TestAuthority believed) {
        TlsFolder files = new TlsFolder(
                folder.resolve(name + ".crt"), folder.resolve(name + ".key"), folder.resolve(name + "-ca.crt"));
        issuer.issue(name).write(files.certificate(), files.key());
        believed.write(files.authorities());
        return files;
    }

    /** As the options of the process name them. */
    public String[] options(String prefix, String authoritiesOption) {
        return new String[] {
            "--" + prefix + "-cert", certificate.toString(),
            "--" + prefix + "-key", key.toString(),
            "--" + authoritiesOption, authorities.toString(),
        };
    }

    public TlsFiles files() {
        return new TlsFiles(
                Optional.of(new TlsFiles.Identity(
                        new PemFile("pod-tls-cert", certificate), new PemFile("pod-tls-key", key))),
                Optional.of(new PemFile("pod-tls-ca", authorities)));
    }

    /** Without a certificate of its own. */
    public TlsFiles authoritiesAlone() {
        return new TlsFiles(Optional.empty(), files().authorities());
    }
}
