package dev.foretoken.gateway.call;

import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.openai.ErrorJson;

/** How errors look: each family of routes has clients that know one form only. */
public enum ErrorForm {
    /** {@code {"error":{"message","type","param","code"}}}. */
    OPENAI,
    /** {@code {"error":"..."}}, as the Open Inference Protocol has it. */
    TEXT,
    ;

    private static final String TENSORS = "/v2";

    public static ErrorForm of(String path) {
        return path.equals(TENSORS) || path.startsWith(TENSORS + "/") ? TEXT : OPENAI;
    }

    public JsonWriter write(PublicError error) {
        JsonWriter json = new JsonWriter();
        switch (this) {
            case OPENAI -> ErrorJson.write(json, error);
            case TEXT -> json.raw("{\"error\":").string(error.message()).raw("}");
        }
        return json;
    }
}
