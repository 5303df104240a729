package dev.foretoken.registry.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class S3LocationTest {

    @Test
    void readsTheWrittenForm() {
        assertThat(S3Location.parse("s3://models")).isEqualTo(new S3Location("models", "", null, null, false));
        assertThat(S3Location.parse("s3://models/team/a?region=eu-central-1"))
                .isEqualTo(new S3Location("models", "team/a/", null, "eu-central-1", false));
        assertThat(S3Location.parse("s3://models/?endpoint=http://127.0.0.1:9000"))
                .isEqualTo(new S3Location("models", "", URI.create("http://127.0.0.1:9000"), null, true));
        assertThat(S3Location.parse("s3://models/?endpoint=https://s3.example.com&path-style=false")
                        .pathStyle())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "models",
                "http://models",
                "s3:///prefix",
                "s3://UPPER",
                "s3://a",
                "s3://key:hunter2@models",
                "s3://models/../other",
                "s3://models/a//b",
                "s3://models/%2e%2e/b",
                "s3://models?secret=hunter2",
                "s3://models?region=a&region=b",
                "s3://models?region=a b",
                "s3://models?region=../x",
                "s3://models?path-style=yes",
                "s3://models?endpoint=ftp://host",
                "s3://models?endpoint=http://user:hunter2@host",
                "s3://models?endpoint=http://host/path"
            })
    void refusesEverythingElseWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> S3Location.parse(text)).isInstanceOfSatisfying(ForetokenException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID);
            assertThat(e.getMessage()).doesNotContain("hunter2");
        });
    }
}
