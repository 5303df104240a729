package dev.foretoken.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.tenant.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed tokens, and what has been tried with them elsewhere: one test for each attack. */
class TokenAttackTest {

    private static final String ISSUER = "https://issuer.example";
    private static final long SECOND = 1_000_000_000;
    private static RsaJsonWebKey ours;
    private static RsaJsonWebKey theirs;

    @TempDir
    Path folder;

    private Path keys;
    private Authenticator authenticator;
    private long now;

    @BeforeAll
    static void makeKeys() throws JoseException {
        ours = RsaJwkGenerator.generateJwk(2048);
        ours.setKeyId("one");
        theirs = RsaJwkGenerator.generateJwk(2048);
        theirs.setKeyId("one");
    }

    @BeforeEach
    void open() throws IOException {
        keys = write(ours);
        authenticator = authenticator(Optional.empty());
    }

    private Authenticator authenticator(Optional<Path> tenants) {
        TokenConfig config = new TokenConfig(ISSUER, "foretoken", "RS256", keys, "tenant");
        return new Authenticator(List.of(), new Identities(tenants, Optional.of(config), Optional.empty()), () -> now);
    }

    private Path write(RsaJsonWebKey key) throws IOException {
        String json = new JsonWebKeySet(key).toJson(OutputControlLevel.PUBLIC_ONLY);
        return Files.writeString(folder.resolve("keys.json"), json);
    }

    private static JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(ISSUER);
        claims.setAudience("foretoken");
        claims.setIssuedAtToNow();
        claims.setExpirationTimeMinutesInTheFuture(10);
        claims.setClaim("tenant", "team-a");
        return claims;
    }

    private static JsonWebSignature signature(Consumer<JwtClaims> change) {
        JwtClaims claims = claims();
        change.accept(claims);
        JsonWebSignature signature = new JsonWebSignature();
        signature.setPayload(claims.toJson());
        signature.setKey(ours.getPrivateKey());
        signature.setKeyIdHeaderValue("one");
        signature.setAlgorithmHeaderValue("RS256");
        return signature;
    }

    private static String signed(Consumer<JwtClaims> change) throws JoseException {
        return signature(change).getCompactSerialization();
    }

    private Caller let(String token) {
        return authenticator.authenticate("Bearer " + token);
    }

    private void assertRefused(String token) {
        assertThatThrownBy(() -> let(token)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            assertThat(e).hasMessageNotContaining(token).hasNoCause();
        });
    }

    @Test
    void aProperTokenNamesItsTenant() throws JoseException {
        assertThat(let(signed(claims -> {})).tenant()).isEqualTo("team-a");
    }

    @Test
    void noneIsNoAlgorithm() throws JoseException {
        JsonWebSignature unsigned = signature(claims -> {});
        unsigned.setKey(null);
        unsigned.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        unsigned.setAlgorithmHeaderValue("none");
        assertRefused(unsigned.getCompactSerialization());
    }

    @Test
    void thePublicKeyIsNoSecret() throws JoseException {
        byte[] published = ours.getPublicKey().getEncoded();
        JsonWebSignature confused = signature(claims -> {});
        confused.setKey(new HmacKey(published));
        confused.setAlgorithmHeaderValue("HS256");
        assertRefused(confused.getCompactSerialization());
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(published)
                + "\n-----END PUBLIC KEY-----\n";
        confused.setKey(new HmacKey(pem.getBytes(StandardCharsets.US_ASCII)));
        assertRefused(confused.getCompactSerialization());
    }

    @Test
    void anotherAlgorithmOfTheSameKeyIsNotTheOneThatWasAgreed() throws JoseException {
        JsonWebSignature other = signature(claims -> {});
        other.setAlgorithmHeaderValue("RS512");
        assertRefused(other.getCompactSerialization());
    }

    @Test
    void aTokenOfAnotherKeyOfTheSameNameIsRefused() throws JoseException {
        JsonWebSignature forged = signature(claims -> {});
        forged.setKey(theirs.getPrivateKey());
        assertRefused(forged.getCompactSerialization());
    }

    @Test
    void aKeyThatATokenBringsIsNotUsed() throws JoseException {
        JsonWebSignature forged = signature(claims -> {});
        forged.setKey(theirs.getPrivateKey());
        forged.setHeader("kid", null);
        forged.setJwkHeader(theirs);
        forged.setHeader("jku", "http://127.0.0.1:1/keys");
        assertRefused(forged.getCompactSerialization());
    }

    @Test
    void aChangedClaimBreaksTheSignature() throws JoseException {
        String[] parts = signed(claims -> {}).split("\\.");
        JwtClaims other = claims();
        other.setClaim("tenant", "team-b");
        String payload = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(other.toJson().getBytes(StandardCharsets.UTF_8));
        assertRefused(parts[0] + "." + payload + "." + parts[2]);
        assertRefused(parts[0] + "." + parts[1] + ".");
    }

    @Test
    void anExpiredTokenIsRefused() throws JoseException {
        assertRefused(signed(claims -> claims.setExpirationTimeMinutesInTheFuture(-10)));
    }

    @Test
    void aTokenWithoutAnExpiryIsRefused() throws JoseException {
        assertRefused(signed(claims -> claims.unsetClaim("exp")));
    }

    @Test
    void aTokenThatIsNotValidYetIsRefused() throws JoseException {
        assertRefused(signed(claims -> claims.setNotBefore(
                NumericDate.fromSeconds(Instant.now().plusSeconds(600).getEpochSecond()))));
    }

    @Test
    void anotherIssuerIsRefused() throws JoseException {
        assertRefused(signed(claims -> claims.setIssuer("https://other.example")));
        assertRefused(signed(claims -> claims.unsetClaim("iss")));
    }

    @Test
    void aTokenForSomebodyElseIsRefused() throws JoseException {
        assertRefused(signed(claims -> claims.setAudience("another-service")));
        assertRefused(signed(claims -> claims.unsetClaim("aud")));
    }

    @Test
    void aTokenWithoutATenantOrWithAWrongOneIsRefused() throws JoseException {
        assertRefused(signed(claims -> claims.unsetClaim("tenant")));
        assertRefused(signed(claims -> claims.setClaim("tenant", 7)));
        assertRefused(signed(claims -> claims.setClaim("tenant", "")));
        assertRefused(signed(claims -> claims.setClaim("tenant", "a\nb")));
        assertRefused(signed(claims -> claims.setClaim("tenant", "x".repeat(65))));
    }

    @Test
    void noTokenSpeaksForTheTenantOfAnApiKey() throws JoseException {
        assertRefused(signed(claims -> claims.setClaim("tenant", "key-0123456789abcdef")));
    }

    @Test
    void aHugeTokenIsNotLookedAt() throws JoseException {
        assertRefused(signed(claims -> claims.setClaim("filler", "x".repeat(20_000))));
    }

    @Test
    void whatHasTheFormOfATokenIsNotTriedAsAKey() throws Exception {
        String key = "eyJ-a-key.in-the-form.of-a-token";
        String hash = KeyHash.of(key, new Random(1)).text();
        Path tenants =
                Files.writeString(folder.resolve("tenants.yaml"), "tenants: [{id: team-b, keys: ['" + hash + "']}]");
        authenticator = authenticator(Optional.of(tenants));
        assertRefused(key);
    }

    @Test
    void withAFileOfTenantsOnlyTheseComeIn() throws Exception {
        Path tenants = Files.writeString(folder.resolve("tenants.yaml"), "tenants: [{id: team-b, weight: 7}]");
        authenticator = authenticator(Optional.of(tenants));
        assertRefused(signed(claims -> {}));
        Caller caller = let(signed(claims -> claims.setClaim("tenant", "team-b")));
        assertThat(caller.account().weight()).isEqualTo(7);
    }

    @Test
    void newKeysCountWithoutARestartAndBrokenOnesNot() throws Exception {
        String later = signed(claims -> {});
        Files.writeString(keys, "{broken");
        Files.setLastModifiedTime(keys, FileTime.from(Instant.EPOCH));
        now += SECOND;
        assertThat(let(later).tenant()).isEqualTo("team-a");
        write(theirs);
        Files.setLastModifiedTime(keys, FileTime.from(Instant.EPOCH.plusSeconds(5)));
        now += SECOND;
        assertRefused(later);
    }

    @Test
    void aSetWithSecretsIsNoSetOfPublicKeys() throws Exception {
        for (String json : List.of(
                new JsonWebKeySet(ours).toJson(OutputControlLevel.INCLUDE_PRIVATE),
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0\"}]}",
                "{\"keys\":[]}",
                "[]")) {
            Files.writeString(keys, json);
            assertThatThrownBy(() -> authenticator(Optional.empty()))
                    .isInstanceOf(ForetokenException.class)
                    .hasMessageContaining("jwt-keys")
                    .hasMessageNotContaining("c2Vj");
        }
    }
}
