package dev.foretoken.registry.trust;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleMutationTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SampleVariant sample = new SampleVariant();

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void refusesEverySingleFlippedByte(KeyAlgorithm algorithm) {
        SigningKey key = SigningKey.create("release", algorithm);
        byte[] bundle = ModelSigner.sign(sample.variant(), key);
        Random random = new Random(5);
        for (int at = 0; at < bundle.length; at++) {
            byte[] changed = bundle.clone();
            changed[at] ^= (byte) (1 << random.nextInt(8));
            assertThat(judge(key, changed).signed())
                    .as("byte %d of %s", at, new String(bundle, StandardCharsets.UTF_8))
                    .isFalse();
        }
    }

    @Test
    void refusesEveryTruncation() {
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ED25519);
        byte[] bundle = ModelSigner.sign(sample.variant(), key);
        for (int length = 0; length < bundle.length; length++) {
            assertThat(judge(key, java.util.Arrays.copyOf(bundle, length)).signed())
                    .isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void refusesGarbageInPlaceOfTheSignature(KeyAlgorithm algorithm) throws IOException {
        SigningKey key = SigningKey.create("release", algorithm);
        JsonNode bundle = JSON.readTree(ModelSigner.sign(sample.variant(), key));
        Random random = new Random(7);
        for (int round = 0; round < 500; round++) {
            byte[] garbage = new byte[random.nextInt(150)];
            random.nextBytes(garbage);
            if (garbage.length > 8 && round % 2 == 0) {
                garbage[0] = 0x30; // The start of a DER sequence, to get deeper into the parser.
                garbage[1] = (byte) (garbage.length - 2);
                garbage[2] = 0x02;
                garbage[3] = (byte) random.nextInt(garbage.length);
            }
            assertThat(judge(key, withSignature(bundle, garbage)).signed()).isFalse();
        }
    }

    @Test
    void refusesTheSignatureOfOneAlgorithmUnderAKeyOfAnother() throws IOException {
        for (KeyAlgorithm made : KeyAlgorithm.values()) {
            SigningKey maker = SigningKey.create("maker", made);
            byte[] signature = Base64.getDecoder()
                    .decode(signature(ModelSigner.sign(sample.variant(), maker))
                            .get("sig")
                            .textValue());
            for (KeyAlgorithm trusted : KeyAlgorithm.values()) {
                SigningKey key = SigningKey.create("release", trusted);
                assertThat(judge(key, withSignature(key, signature)).signed()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0000", "MEUCIQ=="})
    void refusesEmptyAndShortSignatures(String base64) throws IOException {
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ECDSA_P256);
        assertThat(judge(key, withSignature(key, Base64.getDecoder().decode(base64)))
                        .signed())
                .isFalse();
    }

    @Test
    void refusesZeroesAsAnEcdsaSignature() throws IOException {
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ECDSA_P256);
        byte[] zeroes = {0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00};
        assertThat(judge(key, withSignature(key, zeroes)).signed()).isFalse();
    }

    @Test
    void refusesTwoSignaturesFieldsTwiceAndFieldsNobodyKnows() throws IOException {
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ED25519);
        byte[] bundle = ModelSigner.sign(sample.variant(), key);
        String text = new String(bundle, StandardCharsets.UTF_8);
        assertThat(judge(key, text.replace("\"dsseEnvelope\"", "\"x\":1,\"dsseEnvelope\""))
                        .signed())
                .isFalse();
        assertThat(judge(key, text.replace("\"payload\"", "\"payload\":\"\",\"payload\""))
                        .signed())
                .isFalse();
        assertThat(judge(key, text.replace("\"signatures\":[", "\"signatures\":[{},"))
                        .signed())
                .isFalse();
        assertThat(judge(key, text.replace("bundle.v0.3", "bundle.v0.1")).signed())
                .isFalse();
        assertThat(judge(key, text + "{}").signed()).isFalse();
        assertThat(judge(key, text).signed()).isTrue();
    }

    @Test
    void believesNoStatementThatContradictsItself() throws IOException {
        SigningKey key = SigningKey.create("release", KeyAlgorithm.ED25519);
        refusesStatement(
                key, statement -> ((ObjectNode) statement.at("/subject/0/digest")).put("sha256", "0".repeat(64)));
        refusesStatement(key, statement -> ((ObjectNode) statement).put("predicateType", "https://example.org/other"));
        refusesStatement(
                key, statement -> ((ObjectNode) statement.at("/predicate/serialization")).put("method", "shards"));
        refusesStatement(
                key, statement -> ((ObjectNode) statement.at("/predicate/resources/0")).put("algorithm", "md5"));
        refusesStatement(
                key, statement -> ((ObjectNode) statement.at("/predicate/foretoken")).put("manifest", "sha512:00"));
    }

    private void refusesStatement(SigningKey key, Consumer<JsonNode> change) throws IOException {
        JsonNode root = JSON.readTree(ModelSigner.sign(sample.variant(), key));
        JsonNode statement = JSON.readTree(root.at("/dsseEnvelope/payload").binaryValue());
        change.accept(statement);
        byte[] payload = JSON.writeValueAsBytes(statement);
        byte[] signature = key.sign(SignatureBundle.toBeSigned(payload));
        byte[] bundle = new SignatureBundle(key.publicHalf().id(), payload, signature).bytes();
        assertThat(judge(key, bundle).signed()).isFalse();
    }

    private byte[] withSignature(SigningKey key, byte[] signature) throws IOException {
        return withSignature(JSON.readTree(ModelSigner.sign(sample.variant(), key)), signature);
    }

    private static byte[] withSignature(JsonNode bundle, byte[] signature) throws IOException {
        ((ObjectNode) bundle.at("/dsseEnvelope/signatures/0"))
                .put("sig", Base64.getEncoder().encodeToString(signature));
        return JSON.writeValueAsBytes(bundle);
    }

    private static JsonNode signature(byte[] bundle) throws IOException {
        return JSON.readTree(bundle).at("/dsseEnvelope/signatures/0");
    }

    private Verdict judge(SigningKey key, String bundle) {
        return judge(key, bundle.getBytes(StandardCharsets.UTF_8));
    }

    private Verdict judge(SigningKey key, byte[] bundle) {
        KeyRing ring = KeyRing.of(List.of(key.publicHalf()));
        return new TrustCheck(TrustPolicy.REQUIRE, ring, path -> true)
                .judge(sample.variant(), List.of(bundle), sample.reader());
    }
}
