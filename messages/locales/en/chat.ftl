# What only chats say.
chat-cut = There is more than fits here: the rest is on Tawny's page.
chat-unknown-person = Tawny does not know the chat account { $account } yet. Ask for a code with “link” on the page or with “tawny say link”, then say here: “/tawny link CODE”.
chat-other-team = You belong to another workspace than Tawny's app, so you cannot answer here.
chat-who-can = Who can: { $people }.
chat-nobody-can = Nobody who is configured can.
chat-not-kept = Your answer could not be kept and does not count. Press again, or answer on Tawny's page.
chat-unknown-question = This question is not known here any more. Look at Tawny's page.
chat-yes = Yes, do it
