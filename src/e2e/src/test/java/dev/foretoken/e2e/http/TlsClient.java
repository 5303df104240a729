package dev.foretoken.e2e.http;

import dev.foretoken.wire.tls.TlsFiles;
import dev.foretoken.wire.tls.TlsMaterial;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** A client of HTTPS that shows the certificate of files, where they have one, and believes their authorities alone. */
public final class TlsClient {

    private TlsClient() {}

    public static HttpClient of(TlsFiles files) {
        TlsMaterial material = TlsMaterial.read(files, InstantSource.system());
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    material.keys().map(keys -> new KeyManager[] {keys}).orElse(null),
                    new TrustManager[] {material.trust().orElseThrow()},
                    null);
            return HttpClient.newBuilder().sslContext(context).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
