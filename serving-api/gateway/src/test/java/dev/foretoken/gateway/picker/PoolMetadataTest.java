package dev.foretoken.gateway.picker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.foretoken.wire.extproc.Metadata;
import org.junit.jupiter.api.Test;

class PoolMetadataTest {

    private static Metadata subset(Value value) {
        return Metadata.newBuilder()
                .putFilterMetadata(
                        "envoy.lb.subset_hint",
                        Struct.newBuilder()
                                .putFields("x-gateway-destination-endpoint-subset", value)
                                .build())
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    @Test
    void nothingSaidIsNotAnEmptyList() {
        assertThat(PoolMetadata.subset(Metadata.getDefaultInstance())).isEmpty();
        Value none =
                Value.newBuilder().setListValue(ListValue.getDefaultInstance()).build();
        assertThat(PoolMetadata.subset(subset(none)).orElseThrow()).isEmpty();
    }

    @Test
    void addressesAreReadHoweverTheyAreWrittenAndWhatIsNoneIsLeftOut() {
        String address = "[fd00:0:0:0:0:0:0:2]:8080";
        assertThat(PoolMetadata.subset(subset(text("10.0.0.1:80, [fd00::2]:8080,name:80,10.0.0.1,10.0.0.1:x,:,"))))
                .hasValueSatisfying(found -> assertThat(found).containsExactlyInAnyOrder("10.0.0.1:80", address));
        Value list = Value.newBuilder()
                .setListValue(ListValue.newBuilder()
                        .addValues(text("[fd00:0::2]:8080"))
                        .addValues(Value.newBuilder().setNumberValue(7)))
                .build();
        assertThat(PoolMetadata.subset(subset(list)).orElseThrow()).containsExactly(address);
    }
}
