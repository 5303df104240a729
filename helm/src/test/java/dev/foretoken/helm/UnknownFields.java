package dev.foretoken.helm;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fields that Kubernetes' types do not have: they are read without a word, and an API server would drop or refuse them. */
final class UnknownFields {

    private static final String TYPES = "io.fabric8.kubernetes.api.model";
    private static final String REST = "getAdditionalProperties";

    private UnknownFields() {}

    /** Paths of such fields below an object. Custom resources have no types and therefore none. */
    static List<String> of(Object object) {
        List<String> found = new ArrayList<>();
        look("", object, found);
        return found;
    }

    private static void look(String path, @Nullable Object value, List<String> found) {
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                look(path + "[" + i + "]", list.get(i), found);
            }
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> look(path + "." + key, each, found));
        } else if (value != null && isTyped(value)) {
            for (Method method : value.getClass().getMethods()) {
                if (method.getParameterCount() == 0 && method.getName().startsWith("get")) {
                    lookInto(path, value, method, found);
                }
            }
        }
    }

    private static boolean isTyped(Object value) {
        return value.getClass().getName().startsWith(TYPES)
                && !value.getClass().getSimpleName().equals("GenericKubernetesResource");
    }

    private static void lookInto(String path, Object value, Method method, List<String> found) {
        Object part = call(value, method);
        if (method.getName().equals(REST)) {
            ((Map<?, ?>) part).keySet().forEach(key -> found.add(path + "." + key));
        } else if (part instanceof List<?> || part instanceof Map<?, ?> || part != null && isTyped(part)) {
            look(path + "." + method.getName().substring(3), part, found);
        }
    }

    private static Object call(Object value, Method method) {
        try {
            return method.invoke(value);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(method.toString(), e);
        }
    }
}
