package dev.foretoken.gateway.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantKeysTest {

    @ParameterizedTest
    @CsvSource({"15, false", "16, true", "512, true", "513, false"})
    void whatNoKeyIsAsLongAsIsNotHashed(int length, boolean known) throws Exception {
        String presented = "k".repeat(length);
        byte[] salt = new byte[16];
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(salt);
        KeyHash hash = new KeyHash(salt, sha.digest(presented.getBytes(StandardCharsets.US_ASCII)));
        Tenants tenants = new Tenants(List.of(new Tenants.Entry(Tenant.of("a"), List.of(hash))));
        assertThat(tenants.ofKey(presented).isPresent()).isEqualTo(known);
    }
}
