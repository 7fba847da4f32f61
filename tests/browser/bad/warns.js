console.warn('a warning of the script');
