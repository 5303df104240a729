package dev.foretoken.gateway.picker;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.foretoken.gateway.remote.IpAddress;
import dev.foretoken.wire.extproc.Metadata;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a gateway says of endpoints beside a request, and how they are written: names of the Endpoint Picker Protocol, version 1. */
final class PoolMetadata {

    static final String NAMESPACE = "envoy.lb";
    static final String DESTINATION = "x-gateway-destination-endpoint";

    private static final String SUBSET_NAMESPACE = "envoy.lb.subset_hint";
    private static final String SUBSET = "x-gateway-destination-endpoint-subset";
    private static final String SERVED = "x-gateway-destination-endpoint-served";

    private PoolMetadata() {}

    /** The endpoints that may be chosen alone; empty: nothing is said. */
    static Optional<Set<String>> subset(Metadata metadata) {
        return entry(metadata, SUBSET_NAMESPACE, SUBSET)
                .map(value -> addresses(value).collect(Collectors.toUnmodifiableSet()));
    }

    /** The endpoint that has answered. */
    static Optional<String> served(Metadata metadata) {
        return entry(metadata, NAMESPACE, SERVED)
                .flatMap(value -> addresses(value).findFirst());
    }

    /** What a gateway is told to choose by. */
    static Struct destination(String endpoints) {
        Struct inner = Struct.newBuilder()
                .putFields(
                        DESTINATION,
                        Value.newBuilder().setStringValue(endpoints).build())
                .build();
        return Struct.newBuilder()
                .putFields(NAMESPACE, Value.newBuilder().setStructValue(inner).build())
                .build();
    }

    private static Optional<Value> entry(Metadata metadata, String namespace, String key) {
        Struct entries = metadata.getFilterMetadataMap().get(namespace);
        return Optional.ofNullable(entries).map(found -> found.getFieldsMap().get(key));
    }

    /** A list of texts, or one text with commas; what is no address is left out. */
    private static Stream<String> addresses(Value value) {
        ListValue list = value.getListValue();
        Stream<String> texts = value.hasListValue()
                ? list.getValuesList().stream().map(Value::getStringValue)
                : Arrays.stream(value.getStringValue().split(","));
        return texts.map(String::strip).flatMap(text -> normal(text).stream());
    }

    /** One way to write an address that has several: of IPv6 there are short forms. */
    private static Optional<String> normal(String address) {
        int colon = address.lastIndexOf(':');
        String digits = address.substring(colon + 1);
        if (colon < 1 || !digits.matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
        return IpAddress.of(host).map(ip -> ip.withPort(Integer.parseInt(digits)));
    }
}
