"""The studio: a local web page on which phrases are composed, heard, checked and changed.

`violin studio` starts it (`violin.studio.server`). `app` builds the web application from the `routes`;
`sessions` keeps everything in one folder; `work` runs the composing process; `music` turns phrases into
JSON; `page` holds the HTML, CSS and JavaScript as they are sent.
"""
