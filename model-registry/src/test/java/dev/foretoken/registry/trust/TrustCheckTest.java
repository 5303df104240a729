package dev.foretoken.registry.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrustCheckTest {

    private static final SigningKey KEY = SigningKey.create("release", KeyAlgorithm.ED25519);
    private static final SigningKey OTHER = SigningKey.create("other", KeyAlgorithm.ECDSA_P256);

    private final SampleVariant sample = new SampleVariant();

    @ParameterizedTest
    @EnumSource(KeyAlgorithm.class)
    void namesTheKeyThatSignedTheVariant(KeyAlgorithm algorithm) {
        SigningKey key = SigningKey.create("release", algorithm);
        byte[] signature = ModelSigner.sign(sample.variant(), key);
        Verdict verdict = require(key, OTHER).enforce(sample.variant(), List.of(signature), sample.reader());
        assertThat(verdict.sentence()).isEqualTo("signed by release");
        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.warns()).isFalse();
    }

    @Test
    void refusesAVariantWithoutSignatureWhenOneIsRequired() {
        refused(sample.variant(), List.of(), "toy@3/base is not signed", "trusted are release");
    }

    @Test
    void loadsAnUnsignedVariantAndSaysSoWhenThePolicyIsToWarn() {
        Verdict verdict = check(TrustPolicy.WARN, KEY).enforce(sample.variant(), List.of(), sample.reader());
        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.warns()).isTrue();
        assertThat(verdict.sentence()).contains("not signed");
    }

    @Test
    void looksAtNothingWhenThePolicyIsNone() {
        byte[] garbage = {1, 2, 3};
        Verdict verdict = check(TrustPolicy.NONE, KEY).enforce(sample.variant(), List.of(garbage), digest -> {
            throw new AssertionError("nothing is to be read");
        });
        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.signed()).isFalse();
    }

    @Test
    void refusesASignatureByAKeyThatIsNotTrusted() {
        byte[] signature = ModelSigner.sign(sample.variant(), OTHER);
        refused(
                sample.variant(),
                List.of(signature),
                "unknown key",
                OTHER.publicHalf().id());
    }

    @Test
    void saysWhichFileIsNotTheOneThatWasSigned() {
        byte[] signature = ModelSigner.sign(sample.variant(), KEY);
        sample.whole("tokenizer.json", "{\"model\":[]}");
        refused(sample.variant(), List.of(signature), "file 'tokenizer.json' has sha256:", "signed was sha256:");
    }

    @Test
    void saysWhichFileIsMissing() {
        byte[] signature = ModelSigner.sign(sample.variant(), KEY);
        sample.remove("config.json");
        refused(sample.variant(), List.of(signature), "file 'config.json' was signed and is missing");
    }

    @Test
    void saysWhichFileWasAdded() {
        byte[] signature = ModelSigner.sign(sample.variant(), KEY);
        sample.whole("chat_template.jinja", "{{ evil }}");
        refused(sample.variant(), List.of(signature), "file 'chat_template.jinja' is not among those that were signed");
    }

    @Test
    void saysThatAFileWasRenamed() {
        byte[] signature = ModelSigner.sign(sample.variant(), KEY);
        sample.remove("config.json").whole("generation_config.json", "{}");
        refused(sample.variant(), List.of(signature), "'generation_config.json' is not among those that were signed");
    }

    @Test
    void refusesTheSignatureOfAnotherVariantWithTheSameFiles() {
        byte[] signature = ModelSigner.sign(sample.variant(), KEY);
        sample.manifest("another manifest");
        refused(sample.variant(), List.of(signature), "for another manifest");
    }

    @Test
    void refusesAnUnsignedVariantBesideASignedOne() {
        byte[] signature = ModelSigner.sign(sample.variant(), KEY);
        SampleVariant downgrade = new SampleVariant()
                .parts("model.safetensors", "header", "worse tensor")
                .manifest("worse");
        refused(downgrade.variant(), List.of(), "is not signed");
        refused(downgrade.variant(), List.of(signature), "'model.safetensors' has sha256:");
    }

    @Test
    void refusesPartsThatAreNotTheFileWhichTheManifestClaims() {
        byte[] signature = ModelSigner.sign(sample.variant(), KEY);
        sample.otherParts("model.safetensors", "header", "other tensor", "second tensor");
        refused(
                sample.variant(),
                List.of(signature),
                "the parts of 'model.safetensors' are not the file that was signed");
    }

    @Test
    void acceptsOneGoodSignatureAmongBadOnes() {
        byte[] good = ModelSigner.sign(sample.variant(), KEY);
        byte[] unknown = ModelSigner.sign(sample.variant(), OTHER);
        Verdict verdict = require(KEY).enforce(sample.variant(), List.of(unknown, good), sample.reader());
        assertThat(verdict.signed()).isTrue();
        assertThat(verdict.findings()).singleElement().asString().contains("unknown key");
    }

    @Test
    void refusesASignatureOverFilesAloneForAVariantWithSettings() {
        byte[] signature = ModelSigner.signFiles("toy", sample.files(), KEY);
        assertThat(require(KEY)
                        .judge(sample.variant(), List.of(signature), sample.reader())
                        .signed())
                .isTrue();
        sample.setting("kv_cache_dtype", "int8");
        refused(sample.variant(), List.of(signature), "also has load settings [kv_cache_dtype]");
    }

    @Test
    void acceptsThatFilesWhichNoImportTakesWereSignedToo() {
        SampleVariant whole = new SampleVariant().whole("pytorch_model.bin", "pickle");
        byte[] signature = ModelSigner.signFiles("toy", whole.files(), KEY);
        assertThat(require(KEY)
                        .judge(sample.variant(), List.of(signature), sample.reader())
                        .signed())
                .isTrue();
    }

    @Test
    void refusesAnOversizedBundleWithoutParsingIt() {
        byte[] huge = new byte[SignatureJson.MAX_BYTES + 1];
        Arrays.fill(huge, (byte) '[');
        refused(sample.variant(), List.of(huge), "bytes, at most 8388608 are read");
    }

    private void refused(SignedVariant variant, List<byte[]> signatures, String... words) {
        assertThatThrownBy(() -> require(KEY).enforce(variant, signatures, sample.reader()))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SIGNATURE_REFUSED))
                .hasMessageContainingAll(words);
        Verdict warned = check(TrustPolicy.WARN, KEY).enforce(variant, signatures, sample.reader());
        assertThat(warned.warns()).isTrue();
        assertThat(warned.sentence()).contains(words[0]);
    }

    private static TrustCheck require(SigningKey... keys) {
        return check(TrustPolicy.REQUIRE, keys);
    }

    private static TrustCheck check(TrustPolicy policy, SigningKey... keys) {
        KeyRing ring =
                KeyRing.of(Arrays.stream(keys).map(SigningKey::publicHalf).toList());
        return new TrustCheck(policy, ring, path -> !path.endsWith(".bin"));
    }
}
