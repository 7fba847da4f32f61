addEventListener('DOMContentLoaded', () => { document.querySelector('p').innerHTML = '<b>bold</b>'; });
