package dev.foretoken.helm;

import dev.foretoken.wire.fake.TestAuthority;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.SecretVolumeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files of Secrets as volumes hold them: those entries that are asked for, and no other. */
final class SecretFiles {

    private final TestAuthority authority = new TestAuthority("authority");
    private final TestAuthority.Issued certificate = authority.issue("release-foretoken-runtime.serving.svc");

    void write(SecretVolumeSource secret, Path folder) throws IOException {
        for (KeyToPath item : secret.getItems()) {
            Path file = folder.resolve(item.getPath());
            switch (item.getKey()) {
                case "tls.crt" -> certificate.write(file, Files.createTempFile(folder, "other", ".key"));
                case "tls.key" -> certificate.write(Files.createTempFile(folder, "other", ".crt"), file);
                case "ca.crt" -> authority.write(file);
                case "tenants.yaml" -> Files.writeString(file, "tenants: [{id: chat, weight: 300}]\n");
                case "jwks.json" -> Files.writeString(file, "{\"keys\":[]}\n");
                case "client.properties" -> Files.writeString(file, "security.protocol=SSL\n");
                default -> Files.writeString(file, "the-content-of-" + item.getKey() + "\n");
            }
        }
    }
}
