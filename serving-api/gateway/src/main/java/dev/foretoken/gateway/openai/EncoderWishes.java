package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.answer.ServiceSpec;
import dev.foretoken.gateway.encode.EncoderInput;
import dev.foretoken.gateway.encode.Truncation;
import dev.foretoken.gateway.json.JsonFields;
import java.util.List;

/**
 * What every request for vectors, scores or classes says.
 *
 * @param inputs a row is wanted for each; at least one
 * @param field of the request that they come from
 */
public record EncoderWishes(
        String model, List<EncoderInput> inputs, String field, Truncation truncation, ServiceSpec service) {

    public EncoderWishes {
        inputs = List.copyOf(inputs);
    }

    static EncoderWishes of(JsonFields body, List<EncoderInput> inputs, String field, ServiceHeaders headers) {
        return new EncoderWishes(
                body.requiredString("model"),
                inputs,
                field,
                EncoderFields.truncation(body),
                SharedFields.service(body, headers));
    }
}
