# Every folder beside this file; one that is missing here stops the configuration.
set(GUICHET_RECIPES
    01-what-does-my-desk-promise
    02-two-procedures-side-by-side
    03-find-the-timer
    04-rehearse-other-rules
    05-a-seller-alone
)
