package dev.foretoken.registry.measure;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;

/** A measurement as JSON, in snake case; times as ISO 8601 in UTC. */
public final class MeasurementJson {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new InstantReader()))
            .build();

    private MeasurementJson() {}

    public static String write(Measurement measurement) {
        try {
            return JSON.writeValueAsString(measurement);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a record of numbers and text could not be written as JSON", e);
        }
    }

    /** @throws ForetokenException CONFIG_INVALID for what {@link #write} has not written */
    public static Measurement read(String json) {
        try {
            return JSON.readValue(json, Measurement.class);
        } catch (JsonProcessingException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "this is no measurement: " + e.getOriginalMessage(), e);
        }
    }

    private static final class InstantReader extends StdDeserializer<Instant> {

        InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            String text = parser.getValueAsString("");
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                return (Instant)
                        context.handleWeirdStringValue(Instant.class, text, "a time such as 2026-01-31T12:00:00Z");
            }
        }
    }
}
