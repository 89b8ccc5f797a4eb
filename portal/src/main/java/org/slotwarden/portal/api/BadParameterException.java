package org.slotwarden.portal.api;

/** A parameter of a request means nothing here. Becomes a 400 that names it. */
public class BadParameterException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String parameter;

    /**
     * @param parameter its name in the request
     * @param why for people: "must be before to"
     */
    public BadParameterException(String parameter, String why) {
        super(why);
        this.parameter = parameter;
    }

    public String parameter() {
        return parameter;
    }
}
