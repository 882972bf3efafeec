# docker build -t violin .
# docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/music" violin lint .
FROM python:3.12-slim

# For pictures (cairo) and sound (FluidSynth with a SoundFont).
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libcairo2 libfluidsynth3 fluid-soundfont-gm \
 && rm -rf /var/lib/apt/lists/*

# The extras of setup.cfg to install; an empty value gives the linter, the judge and the novelty report only.
ARG EXTRAS=audio,compose,interop,notation,score
COPY . /src
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
        -c /src/requirements/constraints.txt "/src${EXTRAS:+[$EXTRAS]}" \
 && rm -rf /src

# A user given by --user has no home folder, but fonts and plots need one for their caches.
ENV HOME=/tmp
WORKDIR /music
ENTRYPOINT ["violin"]
CMD ["--help"]
