package org.slotwarden.portal.api;

/** There is no such thing, or nobody of this name may see it: which of both, is not told. Becomes a 404. */
public class NotFoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param what for people, without what was asked for: "There is no such job" */
    public NotFoundException(String what) {
        super(what);
    }
}
