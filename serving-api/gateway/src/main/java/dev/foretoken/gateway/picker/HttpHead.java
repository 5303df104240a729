package dev.foretoken.gateway.picker;

import dev.foretoken.wire.extproc.HeaderMap;
import dev.foretoken.wire.extproc.HeaderValue;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP request or response.
 *
 * @param fields by name in small letters, pseudo-headers too; of one that came several times, the first
 */
record HttpHead(Map<String, String> fields) {

    static HttpHead of(HeaderMap headers) {
        Map<String, String> fields = new HashMap<>();
        for (HeaderValue field : headers.getHeadersList()) {
            fields.putIfAbsent(field.getKey().toLowerCase(Locale.ROOT), value(field));
        }
        return new HttpHead(fields);
    }

    /** Which of the two fields an Envoy fills is a setting of its own. */
    private static String value(HeaderValue field) {
        return field.getRawValue().isEmpty()
                ? field.getValue()
                : field.getRawValue().toStringUtf8();
    }

    @Nullable
    String field(String name) {
        return fields.get(name);
    }

    /** Without what stands behind a question mark. */
    String path() {
        String path = fields.getOrDefault(":path", "");
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }
}
